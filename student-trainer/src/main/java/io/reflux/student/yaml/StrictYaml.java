package io.reflux.student.yaml;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.reflux.model.graph.ModelException;
import io.reflux.student.failure.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of one kind. What is wrong is said in one line: {@code recipe.yaml:12: stages[0].epochs: 0 (expected: >= 1)}.
 *
 * @param <T> what a file holds: a record, whose constructors refuse values by an {@link IllegalArgumentException} or a
 *     {@link ModelException} that begins with the key
 */
public final class StrictYaml<T> {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final ObjectMapper MAPPER = YAMLMapper.builder(YAML)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Class<T> type;
    private final String what;
    private final Set<String> kinds;

    private StrictYaml(Class<T> type, String what, Set<String> kinds) {
        this.type = type;
        this.what = what;
        this.kinds = Set.copyOf(kinds);
    }

    /**
     * Reads files of a kind.
     *
     * @param type what they hold
     * @param what how messages call such a file, such as {@code a recipe}
     * @param kinds keys that stand alone in entries of lists and only say which kind these are
     */
    public static <T> StrictYaml<T> of(Class<T> type, String what, Set<String> kinds) {
        return new StrictYaml<>(type, what, kinds);
    }

    /**
     * What was read, with its lines for what is found wrong later.
     *
     * @param <T> what the file holds
     */
    public static final class Document<T> {
        private final T value;
        private final String source;
        private final YamlLines lines;

        private Document(T value, String source, YamlLines lines) {
            this.value = value;
            this.source = source;
            this.lines = lines;
        }

        /** Returns what the file holds. */
        public T value() {
            return value;
        }

        /**
         * Returns the failure that says what is wrong with a key.
         *
         * @param path of the key, such as {@code layers[3].name}
         * @param message value and what was expected
         */
        public TrainingFailure failure(String path, String message) {
            return StrictYaml.failure(source + ":" + lines.line(path) + ": " + path + ": " + message, null);
        }
    }

    /**
     * Reads a file.
     *
     * @param file a YAML file in UTF-8
     * @throws TrainingFailure with code RECIPE when the file cannot be read or is not valid
     */
    public Document<T> read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw failure(file + ": absent (expected: " + what + " in YAML)", e);
        } catch (IOException e) {
            throw failure(file + ": not readable as text (expected: " + what + " in YAML, UTF-8)", e);
        }
        return parse(text, file.getFileName().toString());
    }

    /**
     * Reads a text.
     *
     * @param text YAML
     * @param source what to call the text in messages
     * @throws TrainingFailure with code RECIPE when it is not valid
     */
    public Document<T> parse(String text, String source) {
        YamlLines lines;
        try {
            lines = YamlLines.of(YAML, text, kinds);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw failure(source + ":" + line + ": not YAML: " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw failure(source + ": " + firstLine(String.valueOf(e.getMessage())), e);
        }
        if (text.isBlank()) {
            throw failure(source + ":1: empty (expected: " + what + " in YAML)", null);
        }
        try {
            T value = MAPPER.readValue(text, type);
            if (value == null) {
                throw failure(source + ":1: empty (expected: " + what + " in YAML)", null);
            }
            return new Document<>(value, source, lines);
        } catch (JsonMappingException e) {
            throw explained(source, lines, e);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw failure(source + ":" + line + ": " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static TrainingFailure explained(String source, YamlLines lines, JsonMappingException e) {
        String path = path(e);
        if (e instanceof UnrecognizedPropertyException unknown) {
            List<String> known = unknown.getKnownPropertyIds() == null
                    ? List.of()
                    : unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .toList();
            return at(source, lines, path, "unknown key" + nearest(unknown.getPropertyName(), known), e);
        }
        if (e instanceof InvalidTypeIdException type) {
            return unknownKind(source, lines, path, type);
        }
        if (e instanceof ValueInstantiationException instantiation) {
            // Jackson reports unknown keys only of objects that could be made; a mistyped key often is why one could
            // not.
            Set<String> known = keys(instantiation.getType());
            for (String key : lines.children(path)) {
                if (!known.contains(key)) {
                    return at(source, lines, child(path, key), "unknown key" + nearest(key, known), e);
                }
            }
        }
        if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof ModelException) {
            String message = String.valueOf(e.getCause().getMessage());
            int colon = message.indexOf(": ");
            String key = colon < 0 ? path : child(path, message.substring(0, colon));
            return at(source, lines, key, message.substring(colon < 0 ? 0 : colon + 2), e);
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            String value = lines.scalar(path);
            String expected = "expected: " + kind(mismatch.getTargetType());
            return at(source, lines, path, (value == null ? "wrong kind of value" : value) + " (" + expected + ")", e);
        }
        String scalar = lines.scalar(path);
        if (e.getCause() instanceof JsonParseException && scalar != null) {
            return at(source, lines, path, scalar + " (expected: a number)", e);
        }
        return at(source, lines, path, firstLine(e.getOriginalMessage()), e);
    }

    private static TrainingFailure unknownKind(
            String source, YamlLines lines, String path, InvalidTypeIdException type) {
        JsonSubTypes kinds = type.getBaseType().getRawClass().getAnnotation(JsonSubTypes.class);
        String expected = kinds == null
                ? "another"
                : Arrays.stream(kinds.value()).map(JsonSubTypes.Type::name).collect(Collectors.joining(" or "));
        String key = typeKey(type.getBaseType().getRawClass())
                .map(property -> child(path, property))
                .orElse(path);
        String id = type.getTypeId() == null ? "absent" : type.getTypeId();
        return at(source, lines, key, id + " (expected: " + expected + ")", type);
    }

    private static TrainingFailure at(String source, YamlLines lines, String path, String what, Exception cause) {
        String where = source + ":" + lines.line(path) + ": ";
        return failure(where + (path.isEmpty() ? what : path + ": " + what), cause);
    }

    private static Set<String> keys(JavaType type) {
        Set<String> keys = MAPPER.getDeserializationConfig().introspect(type).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        typeKey(type.getRawClass()).ifPresent(keys::add);
        return keys;
    }

    /** The key that says which kind an object is, where it stands inside the object. */
    private static Optional<String> typeKey(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getInterfaces()))
                .map(candidate -> candidate.getAnnotation(JsonTypeInfo.class))
                .filter(info -> info != null && info.include() == JsonTypeInfo.As.PROPERTY)
                .map(JsonTypeInfo::property)
                .findFirst();
    }

    private static String nearest(String key, Collection<String> known) {
        return KeyDistance.nearest(key, known)
                .map(name -> " (expected: " + name + "?)")
                .orElse("");
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String kind(Class<?> type) {
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "an integer";
        }
        if (type == Double.class || type == double.class) {
            return "a number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Iterable.class.isAssignableFrom(type)) {
            return "a list";
        }
        return type == String.class ? "text" : "an object";
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static TrainingFailure failure(String message, @Nullable Exception cause) {
        return new TrainingFailure(TrainingFailure.Code.RECIPE, message, cause);
    }
}
