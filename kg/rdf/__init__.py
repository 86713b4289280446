"""What all stages share about RDF: terms, IRIs, the vocabulary and the reference data."""
