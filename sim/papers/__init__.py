"""What is printed, and what comes from a spreadsheet: papers before and after an exercise, and its run sheet."""
