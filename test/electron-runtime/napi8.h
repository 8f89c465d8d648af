// Put in front of every C++ file of better-sqlite3 when it is built for a runtime whose Node-API is older than 10.
//
// better-sqlite3 keeps references to strings. Before Node-API 10 only objects can be referenced, so here a reference to
// a string is a reference to an object that holds the string as its element 0.
#ifdef __cplusplus

#undef NAPI_VERSION
#define NAPI_VERSION 8
#include <napi.h>

namespace Napi {

inline napi_status CreateStringReference(const String& value, uint32_t count, napi_ref* reference) {
  napi_env env = value.Env();
  napi_value holder;
  napi_status status = napi_create_object(env, &holder);
  if (status == napi_ok) status = napi_set_element(env, holder, 0, value);
  if (status == napi_ok) status = napi_create_reference(env, holder, count, reference);
  return status;
}

template <>
inline Reference<String> Reference<String>::New(const String& value, uint32_t count) {
  HandleScope scope(value.Env());
  napi_ref reference;
  napi_status status = CreateStringReference(value, count, &reference);
  NAPI_THROW_IF_FAILED(value.Env(), status, Reference<String>());
  return Reference<String>(value.Env(), reference);
}

template <>
inline void Reference<String>::Reset(const String& value, uint32_t count) {
  Reset();
  _env = value.Env();
  HandleScope scope(_env);
  napi_status status = CreateStringReference(value, count, &_ref);
  NAPI_THROW_IF_FAILED_VOID(_env, status);
}

template <>
inline String Reference<String>::Value() const {
  if (_ref == nullptr) return String(_env, nullptr);
  napi_value holder;
  napi_value value;
  napi_status status = napi_get_reference_value(_env, _ref, &holder);
  if (status == napi_ok) status = napi_get_element(_env, holder, 0, &value);
  NAPI_THROW_IF_FAILED(_env, status, String());
  return String(_env, value);
}

}  // namespace Napi

#endif  // __cplusplus
