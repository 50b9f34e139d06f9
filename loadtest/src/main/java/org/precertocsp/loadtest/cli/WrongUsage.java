package org.precertocsp.loadtest.cli;

/// Arguments that do not go together.
final class WrongUsage extends Exception {
    private static final long serialVersionUID = 1L;

    WrongUsage(String message) {
        super(message);
    }
}
