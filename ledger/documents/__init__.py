"""What every business document shares, on both sides of the business: lines and their arithmetic, numbers, approval,
the life from draft to void, and what settles it. The apps above describe their document types with it."""
