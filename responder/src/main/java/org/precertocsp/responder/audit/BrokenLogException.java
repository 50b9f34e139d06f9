package org.precertocsp.responder.audit;

/// Nothing after this location can be proven.
final class BrokenLogException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean lost;

    BrokenLogException(String what, boolean lost) {
        super(what, null, false, false);
        this.lost = lost;
    }

    String what() {
        return String.valueOf(getMessage());
    }

    boolean lost() {
        return lost;
    }
}
