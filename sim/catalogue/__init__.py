"""What has a name at the table, one home each: its label, its words, when it is legal, what it does.

    moves      what an adversary may do next
    responses  the kinds of response, the rungs of a text, what speaks for and against joining
    measures   what a run is judged by

Whoever decides it, tells it, draws it or checks it reads it here.
"""
