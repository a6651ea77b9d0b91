"""The room: people in seats, control at its desk and a shared screen, around one session on one machine.

`log` keeps all that was put in, in one SQLite file; `room` is the session that follows from it, and who may do what;
`pages` says what each page shows, `forms` what is sent from it; `futures` plays and draws what could still come;
`guard` refuses at the door; `server` answers browsers and programs; `groups` serves several rooms on one scenario with
one control; `results` says what a room leaves behind. `oceans serve` starts it. `clients` says how a program takes a
seat, and has two that do: a policy, and a language model.

A turn in the room: *read* what reached you; *talk*; **positions and calls**; **texts on the table**, up to three
rounds; **the decision sheet**; and, as the next turn begins, what came of it. Control goes on from each of these three,
when everybody has answered or without those who have not: the model chooses for them. Until then an answer may be
changed.

Where several people hold a seat, each gives a view and one speaks for all; the views are open to the seat once it has
answered, and to whoever speaks before, unless the scenario says `sealed`. What a seat does in its own words goes to
control, who says what it changes, if anything, and why.

Laws, each with its tests in `tests/live`:

- State is the fold of the log's inputs. Undo leaves a tail and keeps it with its reason; a crash is a fold again.
- What was accepted is on disk before its sender is told so. Drafts are kept as they are written.
- A seat's page is made of that seat's view, its decisions, and notes to it. A stream only says that there is news.
- The clock is for people. The exercise knows none: while it stands, and when it has run out, nothing is lost.
- A link is an unguessable token, kept as a digest, revoked in one click; it opens its own page and no other.
"""
