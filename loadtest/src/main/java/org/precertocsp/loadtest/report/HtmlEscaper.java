package org.precertocsp.loadtest.report;

/// Escapes text for a page.
public final class HtmlEscaper {
    private HtmlEscaper() {}

    public static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
