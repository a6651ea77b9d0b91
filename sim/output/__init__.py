"""What a person reads: the story in sentences, the charts, the pages."""
