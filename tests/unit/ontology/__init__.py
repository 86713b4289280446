"""The ontology: its style, its logic, its units, and the files that are made from it."""
