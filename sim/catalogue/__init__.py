"""What has a name at the table, one home each: its label, its words, when it is legal, what it does.

    moves      what an adversary may do next
    ladder     the rungs of a text, from silence to measures
    measures   what a run is judged by
    terms      what speaks for and against joining a response

Whoever decides it, tells it, draws it or checks it reads it here.
"""
