package org.precertocsp.responder.backup;

/// A backup is damaged or incomplete, or must not be made or restored here; the message names the
/// file and the remedy. Nothing was changed.
public final class BackupRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    BackupRefusedException(String why) {
        super(why);
    }
}
