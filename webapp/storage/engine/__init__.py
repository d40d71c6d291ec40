"""The engine: connections, transactions, deadlines, circuit breaker. No table of the portal is named here."""
