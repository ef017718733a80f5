"""One module per part of the reference; each has `pages()`, the pages it writes by name."""
