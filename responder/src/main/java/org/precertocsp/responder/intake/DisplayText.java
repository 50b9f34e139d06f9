package org.precertocsp.responder.intake;

/// Formats values from files for messages: short, and with every character visible.
public final class DisplayText {
    private static final int MAX_LENGTH = 40;
    private static final int LAST_LATIN = 0x24f;

    private DisplayText() {}

    /// Letters of Latin scripts stay; unusual blanks, full-width letters and other characters that
    /// look like something else become `\u00a0`.
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (shown.length() >= MAX_LENGTH) {
                return shown.append('…').toString();
            }
            char c = text.charAt(i);
            boolean plain = (c >= ' ' && c < 0x7f) || (c > 0xa0 && c <= LAST_LATIN && c != 0xad);
            if (plain) {
                shown.append(c);
            } else {
                shown.append("\\u%04x".formatted((int) c));
            }
        }
        return shown.toString();
    }
}
