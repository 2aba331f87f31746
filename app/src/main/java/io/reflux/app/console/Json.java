package io.reflux.app.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** What {@code --json} prints. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private static final ObjectMapper INDENTED =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** A record, map or list as indented JSON. */
    public static String pretty(Object value) {
        return write(INDENTED, value);
    }

    /** A record, map or list as JSON in one line. */
    public static String line(Object value) {
        return write(MAPPER, value);
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("value: " + value.getClass() + " (expected: writable as JSON)", e);
        }
    }
}
