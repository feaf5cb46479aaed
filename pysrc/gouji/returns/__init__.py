"""What goes back to a unit: its workbook marked, a letter, an e-mail draft."""
