"""Reading many networks from a text: a mail, a spreadsheet, a configuration, what a provider publishes (R13)."""
