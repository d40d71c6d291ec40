"""The engine: connections, transactions, deadlines, circuit breaker. No table is named here."""
