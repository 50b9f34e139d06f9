package org.precertocsp.signer;

import org.bouncycastle.asn1.ocsp.ResponseData;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.SigningKey;

/// Builds responses with Bouncy Castle and has the credential's key sign them. Thread-safe as far
/// as the key is.
///
/// Knows no limit of time or number: [BoundedSigner] sets them.
public final class BouncyCastleSigner implements ResponseSigner {
    private final SigningKey key;
    private final SigningLimits limits;
    private final ResponseForm form;

    /// @param credential one that [CredentialLint] found no error in
    public BouncyCastleSigner(ResponderCredential credential) {
        this.key = credential.key();
        this.limits = new SigningLimits(credential);
        this.form = new ResponseForm(credential);
    }

    /// @throws IllegalArgumentException if the window wished for is outside the profile's band
    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailable {
        ValidityWindow window = limits.shorten(content.window());
        ResponseData data = form.data(content, window);
        byte[] message = ResponseForm.der(data);
        ReleaseLint.check(message, content, window);
        Octets der = Octets.of(form.response(data, signature(message)));
        return new SignedResponse(der, window.thisUpdate(), window);
    }

    private byte[] signature(byte[] message) throws SignerUnavailable {
        try {
            byte[] signature = key.sign(message);
            if (signature.length == 0) {
                throw new KeyFailure("the key returned an empty signature", null);
            }
            return signature;
        } catch (KeyFailure e) {
            throw failed(e);
        } catch (RuntimeException e) {
            // Providers of tokens report lost ones as unchecked ProviderExceptions.
            throw failed(e);
        }
    }

    private SignerUnavailable failed(Exception e) {
        return new SignerUnavailable(
                SignerUnavailable.Cause.KEY_FAILED, key.description() + ": " + e.getMessage(), e);
    }
}
