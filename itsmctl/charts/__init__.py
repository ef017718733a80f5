"""Charts for pages: statistical ones by leather, coloured by the style sheet, said in words, with a table beneath.

`plot` lays a chart out, `shapes` are what it is drawn with, `page` has those of the audit report, one module each.
"""
