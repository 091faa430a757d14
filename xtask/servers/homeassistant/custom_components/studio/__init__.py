"""A studio: entities of the demo integration under names of our own."""
