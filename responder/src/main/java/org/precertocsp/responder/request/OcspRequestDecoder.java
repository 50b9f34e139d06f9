package org.precertocsp.responder.request;

/// Decodes OCSPRequests (RFC 6960 §4.1.1) into objects, by the rules of [OcspRequestView].
/// Thread-safe, and copies only what the result keeps.
public final class OcspRequestDecoder {
    private final RequestLimits limits;

    public OcspRequestDecoder(RequestLimits limits) {
        this.limits = limits;
    }

    /// A reader with the same limits, for one thread.
    public OcspRequestView newView() {
        return new OcspRequestView(limits);
    }

    /// As [#decode(byte[], int, int)], for a whole array.
    public DecodeResult decode(byte[] der) {
        return decode(der, 0, der.length);
    }

    /// Never throws because of the bytes.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public DecodeResult decode(byte[] source, int offset, int length) {
        OcspRequestView view = newView();
        var _ = view.read(source, offset, length);
        return view.result();
    }
}
