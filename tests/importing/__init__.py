"""What the importer tests share."""
