package org.precertocsp.responder.cli;

/// Makes text from files safe to print: a name in a certificate must not control a terminal.
final class SafeText {
    private SafeText() {}

    /// Control characters become a dot in the middle of the line.
    static String of(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || isFormatting(c) ? '·' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // Marks that change the direction of writing hide the text after them.
    private static boolean isFormatting(int codePoint) {
        return Character.getType(codePoint) == Character.FORMAT;
    }
}
