package org.precertocsp.signer;

import org.bouncycastle.asn1.ocsp.ResponseData;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.SigningKey;

/// Builds responses as Bouncy Castle encodes them and has the credential's key sign them.
/// Thread-safe as far as the key is.
///
/// The answer to one CertID without a nonce, which is nearly all that is asked, is put together by
/// [ResponseTemplate]; every other by Bouncy Castle from objects.
///
/// Knows no limit of time or number: [BoundedSigner] sets them.
public final class BouncyCastleSigner implements ResponseSigner {
    private final SigningKey key;
    private final SignatureCheck check;
    private final SigningLimits limits;
    private final ResponseForm form;
    private final ResponseTemplate template;
    private final SigningJournal.Page journal;

    /// As with [SigningJournal#NONE].
    public BouncyCastleSigner(ResponderCredential credential) {
        this(credential, SigningJournal.NONE);
    }

    /// @param credential one that [CredentialLint] found no error in
    public BouncyCastleSigner(ResponderCredential credential, SigningJournal journal) {
        this.key = credential.key();
        this.check = new SignatureCheck(credential);
        this.limits = new SigningLimits(credential);
        this.form = new ResponseForm(credential);
        this.template = ResponseTemplate.of(credential);
        this.journal = journal.open(credential);
    }

    /// @throws IllegalArgumentException if the requested window is outside the profile's band
    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailable {
        ValidityWindow window = limits.shorten(content.window());
        return template.fits(content)
                ? fromTemplate(content, window)
                : fromObjects(content, window);
    }

    private SignedResponse fromTemplate(ResponseContent content, ValidityWindow window)
            throws SignerUnavailable {
        byte[] message = template.data(content.answers().getFirst(), window);
        ReleaseLint.check(message, content, window);
        Octets signature = Octets.of(signature(message));
        journal.made(content, window, signature);
        return template.response(message, window, signature);
    }

    private SignedResponse fromObjects(ResponseContent content, ValidityWindow window)
            throws SignerUnavailable {
        ResponseData data = form.data(content, window);
        byte[] message = ResponseForm.der(data);
        ReleaseLint.check(message, content, window);
        byte[] signature = signature(message);
        journal.made(content, window, Octets.of(signature));
        Octets der = Octets.of(form.response(data, signature));
        return new SignedResponse(der, window.thisUpdate(), window);
    }

    @Override
    public boolean mayHang() {
        return key.mayHang();
    }

    /// Nothing that does not verify comes out of here (invariant 9), to be journalled, sent or
    /// kept.
    private byte[] signature(byte[] message) throws SignerUnavailable {
        byte[] signature = made(message);
        if (!check.passes(message, signature)) {
            key.distrust();
            throw new SignerUnavailable(
                    SignerUnavailable.Cause.SIGNATURE_INVALID,
                    key.description()
                            + " made a signature that does not verify with the certificate's key;"
                            + " it was not given out");
        }
        return signature;
    }

    private byte[] made(byte[] message) throws SignerUnavailable {
        try {
            // The key gets a copy: what is verified and sent are the bytes that were checked.
            byte[] signature = key.sign(message.clone());
            if (signature.length == 0) {
                throw failed(key.description() + " returned an empty signature", null);
            }
            return signature;
        } catch (KeyFailure e) {
            throw failed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Providers of tokens report lost ones as unchecked ProviderExceptions.
            throw failed(key.description() + ": " + e, e);
        }
    }

    private static SignerUnavailable failed(String what, @Nullable Throwable cause) {
        return new SignerUnavailable(SignerUnavailable.Cause.KEY_FAILED, what, cause);
    }
}
