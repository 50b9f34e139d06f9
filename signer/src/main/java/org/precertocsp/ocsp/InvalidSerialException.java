package org.precertocsp.ocsp;

/// Bytes that cannot be the serial number of any certificate; the message says which rule they
/// break.
public final class InvalidSerialException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidSerialException(String message) {
        super(message);
    }
}
