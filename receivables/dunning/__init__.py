"""What is overdue: reminders, their levels, fees and interest, and their letters."""
