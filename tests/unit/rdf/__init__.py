"""What all stages share about RDF."""
