"""Pages that stand alone: of one run or many, of a sweep, of a back-test; each with its template beside it."""
