package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The teacher: one service, a fleet of them, or a file.
 *
 * @param service where the services are, or null
 * @param onnx path of an ONNX file run in this process, or null
 * @param stored with {@code onnx}: whether to compute the labels of all training samples once and keep them in memory
 * @param file with a service: the teacher's model file, only to know its size for the report, or null
 * @param tls with a service: whom to trust and who to be; null for clear text
 * @param tokenFile with a service: a file with the token that the teacher asks for, or null
 * @param sendSamples with a service: how samples travel by value; null: by name to a teacher that has data sets
 * @param onModelChange with a service: what is done when its model changes
 */
public record TeacherConfig(
        @Nullable ServiceConfig service,
        @Nullable String onnx,
        boolean stored,
        @Nullable String file,
        @Nullable TlsConfig tls,
        @Nullable String tokenFile,
        @Nullable SendingConfig sendSamples,
        ModelChange onModelChange) {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when they clash
     */
    public TeacherConfig {
        boolean served = service != null;
        Setting.require(
                served || onnx != null,
                "address",
                "absent",
                "host:port, or one of the keys addresses, dns, addressFile and onnx");
        Setting.require(!served || onnx == null, "onnx", onnx, "absent, since a service is given");
        Setting.require(!stored || onnx != null, "stored", stored, "false, since there is no onnx");
        Setting.require(file == null || served, "file", file, "absent, since onnx is given");
        Setting.require(tls == null || served, "tls", "given", "absent, since onnx is given");
        Setting.require(tokenFile == null || served, "tokenFile", tokenFile, "absent, since onnx is given");
        Setting.require(sendSamples == null || served, "sendSamples", "given", "absent, since onnx is given");
        Setting.require(
                onModelChange == ModelChange.FAIL || served, "onModelChange", "accept", "absent, since onnx is given");
    }

    @JsonCreator
    static TeacherConfig of(
            @JsonProperty("address") @Nullable String address,
            @JsonProperty("addresses") @Nullable List<String> addresses,
            @JsonProperty("dns") @Nullable String dns,
            @JsonProperty("addressFile") @Nullable String addressFile,
            @JsonProperty("onnx") @Nullable String onnx,
            @JsonProperty("stored") @Nullable Boolean stored,
            @JsonProperty("file") @Nullable String file,
            @JsonProperty("tls") @Nullable TlsConfig tls,
            @JsonProperty("tokenFile") @Nullable String tokenFile,
            @JsonProperty("sendSamples") @Nullable SendingConfig sendSamples,
            @JsonProperty("onModelChange") @Nullable String onModelChange) {
        Setting.require(addresses == null || !addresses.isEmpty(), "addresses", "none", "at least one");
        boolean served = address != null || addresses != null || dns != null || addressFile != null;
        return new TeacherConfig(
                served ? new ServiceConfig(address, addresses == null ? List.of() : addresses, dns, addressFile) : null,
                onnx,
                stored != null && stored,
                file,
                tls,
                tokenFile,
                sendSamples,
                onModelChange == null ? ModelChange.FAIL : ModelChange.of(onModelChange));
    }

    /** Returns a service at one address, with nothing else set. */
    public static TeacherConfig at(String address) {
        return new TeacherConfig(ServiceConfig.at(address), null, false, null, null, null, null, ModelChange.FAIL);
    }

    /** Returns the same teacher at one address. */
    TeacherConfig elsewhere(String address) {
        return new TeacherConfig(
                ServiceConfig.at(address),
                null,
                false,
                service == null ? onnx : file,
                tls,
                tokenFile,
                sendSamples,
                onModelChange);
    }

    /** Returns the same teacher with other certificates or another token; null keeps what the recipe says. */
    TeacherConfig with(@Nullable TlsConfig otherTls, @Nullable String otherTokenFile) {
        return new TeacherConfig(
                service,
                onnx,
                stored,
                file,
                otherTls == null ? tls : otherTls,
                otherTokenFile == null ? tokenFile : otherTokenFile,
                sendSamples,
                onModelChange);
    }
}
