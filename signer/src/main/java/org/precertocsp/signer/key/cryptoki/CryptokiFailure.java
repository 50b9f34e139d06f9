package org.precertocsp.signer.key.cryptoki;

import org.jspecify.annotations.Nullable;

/// A PKCS#11 call that did not return CKR_OK, or a library that cannot be called at all.
public final class CryptokiFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ReturnValue returnValue;

    CryptokiFailure(Function function, long code) {
        super(message(function, code));
        this.returnValue = ReturnValue.of(code);
    }

    CryptokiFailure(String message, ReturnValue returnValue, @Nullable Throwable cause) {
        super(message, cause);
        this.returnValue = returnValue;
    }

    public ReturnValue returnValue() {
        return returnValue;
    }

    private static String message(Function function, long code) {
        ReturnValue value = ReturnValue.of(code);
        String name =
                value == ReturnValue.OTHER ? "0x" + Long.toHexString(code) : "CKR_" + value.name();
        String explanation = value.explanation();
        return function.cName()
                + " answered "
                + name
                + (explanation.isEmpty() ? "" : " (" + explanation + ")");
    }
}
