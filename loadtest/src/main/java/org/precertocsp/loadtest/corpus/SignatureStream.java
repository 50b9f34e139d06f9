package org.precertocsp.loadtest.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.security.Signature;
import java.security.SignatureException;

/// Everything written goes under a signature.
final class SignatureStream extends OutputStream {
    private final Signature signature;

    SignatureStream(Signature signature) {
        this.signature = signature;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        try {
            signature.update(source, offset, count);
        } catch (SignatureException e) {
            throw new IOException("signing", e);
        }
    }
}
