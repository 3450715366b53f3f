"""The report for readers, report.html: values and where they stand, numbers and plot, findings, the page."""
