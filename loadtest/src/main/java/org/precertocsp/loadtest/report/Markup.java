package org.precertocsp.loadtest.report;

/// Text inside a page.
final class Markup {
    private Markup() {}

    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
