package org.precertocsp.signer.pkcs11;

/// A token that is in a slot now.
///
/// @param slot whose number may differ after a restart
/// @param label without the blanks that pad it
/// @param model manufacturer and model, for messages
/// @param serial the serial number of the device or the token, without the blanks that pad it
/// @param flags CKF bits of CK_TOKEN_INFO
public record Pkcs11Token(long slot, String label, String model, String serial, long flags) {
    private static final long LOGIN_REQUIRED = 0x4;
    private static final long INITIALIZED = 0x400;
    private static final long USER_PIN_FINAL_TRY = 0x20000;
    private static final long USER_PIN_LOCKED = 0x40000;

    boolean isInitialized() {
        return (flags & INITIALIZED) != 0;
    }

    public boolean wantsLogin() {
        return (flags & LOGIN_REQUIRED) != 0;
    }

    /// One more wrong PIN locks the token.
    public boolean isAtFinalTry() {
        return (flags & USER_PIN_FINAL_TRY) != 0;
    }

    public boolean isPinLocked() {
        return (flags & USER_PIN_LOCKED) != 0;
    }
}
