package org.precertocsp.responder.answer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.responder.request.PlainQuery;
import org.precertocsp.signer.CertIdEncoder;

/// A CertID as its canonical DER: what answers in memory are found by, whether the CertID was
/// parsed or only seen in a request.
///
/// One instance may be pointed at one request after the other, so that looking up a cached answer
/// makes no object (benchmark `CachedAnswer`); what is put into a map is a [#copy].
final class CertIdBytes {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] octets;
    private int offset;
    private int length;
    private int hash;

    private CertIdBytes(byte[] octets) {
        this.octets = octets;
        point(octets, 0, octets.length);
    }

    /// One to be pointed at requests; equal to nothing until then.
    static CertIdBytes pointer() {
        return new CertIdBytes(new byte[0]);
    }

    /// The DER a client sends for this CertID.
    static CertIdBytes of(CertId certId) {
        return new CertIdBytes(CertIdEncoder.encode(certId).toArray());
    }

    /// One that is in DER already.
    static CertIdBytes ofDer(byte[] der) {
        return new CertIdBytes(der);
    }

    /// Valid until the query reads the next request.
    CertIdBytes pointAt(PlainQuery query) {
        point(query.source(), query.certIdOffset(), query.certIdLength());
        return this;
    }

    /// One with octets of its own.
    CertIdBytes copy() {
        return new CertIdBytes(toArray());
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOfRange(octets, offset, offset + length);
    }

    private void point(byte[] source, int from, int count) {
        octets = source;
        offset = from;
        length = count;
        hash = hash(source, from, count);
    }

    /// Of the last octets, where the serial is; what stands before it is the same for most.
    private static int hash(byte[] source, int from, int count) {
        int end = from + count;
        long mixed = count;
        for (int at = end - Long.BYTES;
                at >= from && at >= end - 3 * Long.BYTES;
                at -= Long.BYTES) {
            mixed = (mixed ^ (long) LONG.get(source, at)) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 32;
        }
        return (int) mixed;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CertIdBytes that
                && hash == that.hash
                && Arrays.equals(
                        octets,
                        offset,
                        offset + length,
                        that.octets,
                        that.offset,
                        that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
