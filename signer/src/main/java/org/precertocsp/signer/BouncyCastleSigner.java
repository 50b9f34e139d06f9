package org.precertocsp.signer;

import org.bouncycastle.asn1.ocsp.ResponseData;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Builds responses in Bouncy Castle's encoding and signs them with the credential's key.
/// Thread-safe as far as the key is.
///
/// [ResponseTemplate] assembles the response for one CertID without a nonce, which covers nearly
/// all requests; Bouncy Castle builds all others from objects.
///
/// Does not limit time or concurrency: [BoundedSigner] does.
public final class BouncyCastleSigner implements ResponseSigner {
    private final SigningKey key;
    private final SignatureCheck check;
    private final SigningLimits limits;
    private final ResponseEncoder form;
    private final ResponseTemplate template;
    private final SigningJournal.Page journal;

    /// As with [SigningJournal#NONE].
    public BouncyCastleSigner(ResponderCredential credential) {
        this(credential, SigningJournal.NONE);
    }

    /// @param credential one without errors from [CredentialLint]
    public BouncyCastleSigner(ResponderCredential credential, SigningJournal journal) {
        this.key = credential.key();
        this.check = new SignatureCheck(credential);
        this.limits = new SigningLimits(credential);
        this.form = new ResponseEncoder(credential);
        this.template = ResponseTemplate.of(credential);
        this.journal = journal.open(credential);
    }

    /// @throws IllegalArgumentException if the requested window is outside the profile's band
    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        ValidityWindow window = limits.shorten(content.window());
        return template.fits(content)
                ? fromTemplate(content, window)
                : fromObjects(content, window);
    }

    private SignedResponse fromTemplate(ResponseContent content, ValidityWindow window)
            throws SignerUnavailableException {
        byte[] message = template.data(content.answers().getFirst(), window);
        PreReleaseCheck.check(message, content, window);
        ByteString signature = ByteString.of(signature(message));
        journal.made(content, window, signature);
        return template.response(message, window, signature);
    }

    private SignedResponse fromObjects(ResponseContent content, ValidityWindow window)
            throws SignerUnavailableException {
        ResponseData data = form.data(content, window);
        byte[] message = ResponseEncoder.der(data);
        PreReleaseCheck.check(message, content, window);
        byte[] signature = signature(message);
        journal.made(content, window, ByteString.of(signature));
        ByteString der = ByteString.of(form.response(data, signature));
        return new SignedResponse(der, window.thisUpdate(), window);
    }

    @Override
    public boolean mayHang() {
        return key.mayHang();
    }

    /// Returns only signatures that verify (invariant 9), to be recorded, sent or stored.
    private byte[] signature(byte[] message) throws SignerUnavailableException {
        byte[] signature = made(message);
        if (!check.passes(message, signature)) {
            key.distrust();
            throw new SignerUnavailableException(
                    SignerUnavailableException.Cause.SIGNATURE_INVALID,
                    key.description()
                            + " made a signature that does not verify with the certificate's key;"
                            + " it was not given out");
        }
        return signature;
    }

    private byte[] made(byte[] message) throws SignerUnavailableException {
        try {
            // The key receives a copy: the bytes verified and sent are those that were checked.
            byte[] signature = key.sign(message.clone());
            if (signature.length == 0) {
                throw failed(key.description() + " returned an empty signature", null);
            }
            return signature;
        } catch (SigningKeyException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Token providers report a lost token as an unchecked ProviderException.
            throw failed(key.description() + ": " + e, e);
        }
    }

    private static SignerUnavailableException failed(String what, @Nullable Throwable cause) {
        return new SignerUnavailableException(
                SignerUnavailableException.Cause.KEY_FAILED, what, cause);
    }
}
