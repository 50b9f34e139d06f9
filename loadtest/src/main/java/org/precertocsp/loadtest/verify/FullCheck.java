package org.precertocsp.loadtest.verify;

import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.precertocsp.loadtest.drive.AnswerCheck;
import org.precertocsp.loadtest.drive.Fault;
import org.precertocsp.loadtest.drive.WrongAnswer;
import org.precertocsp.loadtest.requests.Expected;
import org.precertocsp.loadtest.requests.Question;
import org.precertocsp.signer.IssuerCertificate;

/// Checks an answer as a careful client would (RFC 6960 §3.2), and against what is expected. Needs
/// some hundred microseconds for a signature; thread-safe.
public final class FullCheck implements AnswerCheck {
    private final SignerCheck signers;
    private final AnswerContent content;

    public FullCheck(IssuerCertificate issuer) {
        this.signers = new SignerCheck(issuer);
        this.content = new AnswerContent(issuer.key());
    }

    @Override
    public Optional<WrongAnswer> check(Question question, byte[] answer, Instant received) {
        try {
            check(question, new OCSPResp(answer), received);
            return Optional.empty();
        } catch (Wrong wrong) {
            return Optional.of(new WrongAnswer(question, wrong.fault(), wrong.seen()));
        } catch (IOException | OCSPException | RuntimeException e) {
            // Bouncy Castle reports much of what is malformed by whatever it stumbled over.
            return Optional.of(
                    new WrongAnswer(question, Fault.MALFORMED, "an unreadable answer: " + e));
        }
    }

    private void check(Question question, OCSPResp response, Instant received)
            throws Wrong, OCSPException {
        if (response.getStatus() == OCSPResponseStatus.UNAUTHORIZED
                && question.expected() == Expected.UNASSIGNED) {
            return;
        }
        if (response.getStatus() != OCSPResponseStatus.SUCCESSFUL) {
            throw new Wrong(Fault.RESPONSE_STATUS, "responseStatus %d", response.getStatus());
        }
        if (!(response.getResponseObject() instanceof BasicOCSPResp basic)) {
            throw new Wrong(Fault.MALFORMED, "no BasicOCSPResponse");
        }
        signers.check(basic, received);
        SingleResp single = content.find(question, basic);
        content.checkStatus(question, single);
        checkWindow(single, received);
        content.checkNonce(question, basic);
    }

    private static void checkWindow(SingleResp single, Instant received) throws Wrong {
        Instant thisUpdate = single.getThisUpdate().toInstant();
        Date next = single.getNextUpdate();
        if (thisUpdate.isAfter(received)) {
            throw new Wrong(
                    Fault.WINDOW, "thisUpdate %s, received %s before", thisUpdate, received);
        }
        if (next == null) {
            throw new Wrong(Fault.WINDOW, "no nextUpdate (RFC 5019 §2.2.4)");
        }
        if (!received.isBefore(next.toInstant())) {
            throw new Wrong(Fault.WINDOW, "nextUpdate %s, received %s", next.toInstant(), received);
        }
    }
}
