package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The teacher: a service or a file; exactly one of {@code address} and {@code onnx}.
 *
 * @param address {@code host:port} of a teacher service, or null
 * @param onnx path of an ONNX file run in this process, or null
 * @param stored with {@code onnx}: whether to compute the labels of all training samples once and keep them in memory
 * @param file with {@code address}: the teacher's model file, only to know its size for the report, or null
 * @param tls with {@code address}: whom to trust and who to be; null for clear text
 * @param tokenFile with {@code address}: a file with the token that the teacher asks for, or null
 */
public record TeacherConfig(
        @Nullable String address,
        @Nullable String onnx,
        boolean stored,
        @Nullable String file,
        @Nullable TlsConfig tls,
        @Nullable String tokenFile) {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when they clash or the address has no port
     */
    public TeacherConfig {
        Setting.require(address != null || onnx != null, "address", "absent", "host:port, or the key onnx with a file");
        Setting.require(address == null || onnx == null, "onnx", onnx, "absent, since address is given");
        Setting.require(!stored || onnx != null, "stored", stored, "false, since there is no onnx");
        Setting.require(file == null || address != null, "file", file, "absent, since onnx is given");
        Setting.require(tls == null || address != null, "tls", "given", "absent, since onnx is given");
        Setting.require(tokenFile == null || address != null, "tokenFile", tokenFile, "absent, since onnx is given");
        if (address != null) {
            Setting.require(
                    address.matches("[^\\s:/]+:\\d{1,5}|\\[[0-9a-fA-F:]+]:\\d{1,5}") && port(address) <= 65535,
                    "address",
                    address,
                    "host:port");
        }
    }

    @JsonCreator
    static TeacherConfig of(
            @JsonProperty("address") @Nullable String address,
            @JsonProperty("onnx") @Nullable String onnx,
            @JsonProperty("stored") @Nullable Boolean stored,
            @JsonProperty("file") @Nullable String file,
            @JsonProperty("tls") @Nullable TlsConfig tls,
            @JsonProperty("tokenFile") @Nullable String tokenFile) {
        return new TeacherConfig(address, onnx, stored != null && stored, file, tls, tokenFile);
    }

    /** Returns the same teacher with other certificates or another token; null keeps what the recipe says. */
    TeacherConfig with(@Nullable TlsConfig otherTls, @Nullable String otherTokenFile) {
        return new TeacherConfig(
                address,
                onnx,
                stored,
                file,
                otherTls == null ? tls : otherTls,
                otherTokenFile == null ? tokenFile : otherTokenFile);
    }

    /**
     * Returns the host of an address, without brackets.
     *
     * @throws IllegalStateException when the teacher is a file
     */
    public String host() {
        String host = known().substring(0, known().lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * Returns the port of an address.
     *
     * @throws IllegalStateException when the teacher is a file
     */
    public int port() {
        return port(known());
    }

    private String known() {
        if (address == null) {
            throw new IllegalStateException("address: absent (expected: host:port)");
        }
        return address;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
