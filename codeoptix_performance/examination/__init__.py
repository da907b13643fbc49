"""Takes a Target after its load. Hands on an Examination: what light load does not show."""
