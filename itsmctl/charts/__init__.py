"""Charts for pages: statistical ones by leather, coloured by the style sheet, said in words, with a table beneath."""
