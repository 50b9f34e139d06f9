package org.precertocsp.responder.intake.csv;

/// One row cannot be used; the message says why and, where there is one, the remedy.
final class BadRow extends Exception {
    private static final long serialVersionUID = 1L;

    BadRow(String message) {
        super(message, null, false, false);
    }

    /// A value for a message: printable and short, whatever the file has.
    static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 40 ? printable : printable.substring(0, 40) + "…";
    }
}
