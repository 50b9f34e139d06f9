package org.precertocsp.loadtest.requests;

/// A POST: the DER stands in the body as it is.
final class PostTemplate implements RequestTemplate {
    private final RequestDer der;
    private final byte[] whole;
    private final int bodyAt;

    PostTemplate(RequestDer der, HttpFrame frame) {
        this.der = der;
        byte[] head = frame.postHead(der.length());
        bodyAt = head.length;
        whole = new byte[bodyAt + der.length()];
        System.arraycopy(head, 0, whole, 0, bodyAt);
        der.copyTo(whole, bodyAt);
    }

    @Override
    public void fill(byte[] serial, long random, EncodedRequest into) {
        into.reserve(whole.length);
        System.arraycopy(whole, 0, into.bytes, 0, whole.length);
        der.patch(serial, random, into.bytes, bodyAt);
        into.length = whole.length;
    }
}
