package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How the connection to a teacher service is encrypted. All files are PEM.
 *
 * @param ca certificates of the authorities that the teacher's certificate must lead to; null: those that the JVM trusts
 * @param cert the student's own certificate, for a teacher that asks for one, or null
 * @param key private key of {@code cert}, PKCS #8; given with it
 */
public record TlsConfig(
        @Nullable String ca,
        @Nullable String cert,
        @Nullable String key) {
    /**
     * Checks the settings against each other.
     *
     * @throws IllegalArgumentException when one of certificate and key is given without the other
     */
    public TlsConfig {
        Setting.require(cert != null || key == null, "cert", "absent", "present, since key is given");
        Setting.require(cert == null || key != null, "key", "absent", "present, since cert is given");
    }

    @JsonCreator
    static TlsConfig of(
            @JsonProperty("ca") @Nullable String ca,
            @JsonProperty("cert") @Nullable String cert,
            @JsonProperty("key") @Nullable String key) {
        return new TlsConfig(ca, cert, key);
    }
}
