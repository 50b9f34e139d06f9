package org.precertocsp.responder.answer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertIdEncoder;
import org.precertocsp.responder.request.OcspRequestView;

/// A CertID as its canonical DER: the key of answers in memory, whether the CertID was decoded or
/// only located in a request.
///
/// One instance may be set to successive requests, so that a lookup of a cached answer allocates
/// nothing (benchmark `CachedAnswer`); a key stored in a map is a [#copy].
final class CertIdKey {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int offset;
    private int length;
    private int hash;

    private CertIdKey(byte[] bytes) {
        this.bytes = bytes;
        point(bytes, 0, bytes.length);
    }

    /// A key to be set to requests; equal to nothing until then.
    static CertIdKey pointer() {
        return new CertIdKey(new byte[0]);
    }

    /// The DER that a client sends for this CertID.
    static CertIdKey of(CertId certId) {
        return new CertIdKey(CertIdEncoder.encode(certId).toArray());
    }

    /// Valid until the query reads the next request.
    CertIdKey pointAt(OcspRequestView query) {
        point(query.source(), query.certIdOffset(), query.certIdLength());
        return this;
    }

    /// A key with its own bytes.
    CertIdKey copy() {
        return new CertIdKey(toArray());
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    private void point(byte[] source, int from, int count) {
        bytes = source;
        offset = from;
        length = count;
        hash = hash(source, from, count);
    }

    /// Over the last bytes, which contain the serial; those before it are mostly the same.
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
        return other instanceof CertIdKey that
                && hash == that.hash
                && Arrays.equals(
                        bytes,
                        offset,
                        offset + length,
                        that.bytes,
                        that.offset,
                        that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
