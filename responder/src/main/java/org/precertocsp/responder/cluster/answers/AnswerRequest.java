package org.precertocsp.responder.cluster.answers;

import static org.precertocsp.der.DerWriter.elementLength;

import java.util.List;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertIdEncoder;

/// A batch of CertIDs, as an edge sends it: an OCSPRequest (RFC 6960 §4.1.1) without extensions.
final class AnswerRequest {
    private AnswerRequest() {}

    /// @param certIds at least one, without duplicates
    static byte[] encode(List<CertId> certIds) {
        int list = 0;
        for (CertId certId : certIds) {
            list += elementLength(CertIdEncoder.length(certId));
        }
        int tbs = elementLength(list);
        DerWriter out = new DerWriter(elementLength(elementLength(tbs)));
        out.header(DerTag.SEQUENCE, elementLength(tbs));
        out.header(DerTag.SEQUENCE, tbs);
        out.header(DerTag.SEQUENCE, list);
        for (CertId certId : certIds) {
            out.header(DerTag.SEQUENCE, CertIdEncoder.length(certId));
            CertIdEncoder.write(certId, out);
        }
        return out.toArray();
    }
}
