package org.precertocsp.ocsp;

/// Bytes that cannot be the serial number of any certificate; the message names the violated rule.
public final class InvalidSerialException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidSerialException(String message) {
        super(message);
    }
}
