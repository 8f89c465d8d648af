/**
 * Which environment variables a deployment may set for its workers.
 *
 * Some variables are orders to the loader, to Node, to a graphics driver or to a library to load a file and run it. A
 * YAML from elsewhere must not give such orders, so they are known by name or by how they begin, in any case of letters.
 */

const reservedNames: ReadonlySet<string> = new Set([
  // Programs and places: what is found there is run or believed.
  "PATH",
  "PATHEXT",
  "COMSPEC",
  "SHELL",
  "ENV",
  "BASH_ENV",
  "IFS",
  "HOME",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "PROGRAMFILES",
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "TMPDIR",
  "TEMP",
  "TMP",
  "TZDIR",
  // The C library and the loaders of other systems.
  "GCONV_PATH",
  "GETCONF_DIR",
  "LOCPATH",
  "NLSPATH",
  "HOSTALIASES",
  "LOCALDOMAIN",
  "RES_OPTIONS",
  "RESOLV_HOST_CONF",
  "LIBPATH",
  "SHLIB_PATH",
  "__COMPAT_LAYER",
  // Certificates that would be trusted.
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSLKEYLOGFILE",
  "ICU_DATA",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "DBUS_SESSION_BUS_ADDRESS",
]);

const reservedStarts: readonly string[] = [
  // Loaders, C libraries, instrumented programs.
  "LD_",
  "DYLD_",
  "_RLD",
  "GLIBC_",
  "MALLOC_",
  "ASAN_",
  "LSAN_",
  "TSAN_",
  "UBSAN_",
  "MSAN_",
  "GCOV_",
  "LLVM_",
  "OBJC_",
  "CFNETWORK_",
  "__XPC_",
  // Runtimes.
  "NODE_",
  "UV_",
  "V8_",
  "NAPI_",
  "ELECTRON_",
  "CHROME_",
  "PYTHON",
  "PERL",
  "RUBY",
  "JAVA_",
  "_JAVA_",
  "JDK_",
  "DOTNET_",
  "CORECLR_",
  "COMPLUS_",
  "COR_",
  "GIT_",
  "SSH_",
  // Graphics drivers, devices and what loads them.
  "VK_",
  "MESA_",
  "LIBGL_",
  "GALLIUM_",
  "DRI_",
  "EGL_",
  "__EGL_",
  "__GL",
  "__NV_",
  "GBM_",
  "OCL_",
  "OPENCL_",
  "CUDA_",
  "CUDNN_",
  "NVIDIA_",
  "HSA_",
  "HIP_",
  "ROCM_",
  "METAL_",
  "MTL_",
  "DAWN_",
  "DML_",
  "D3D",
  "DXVK_",
  "ORT_",
  "ONNXRUNTIME_",
  "TENSORRT_",
  "OPENVINO_",
  "OMP_TOOL",
  // Libraries that load modules by name.
  "OPENSSL_",
  "SQLITE_",
  "FONTCONFIG_",
  "XDG_",
  "GTK_",
  "GIO_",
  "GST_",
  "QT_",
  "VIPS_",
  "MAGICK_",
  // Ours.
  "BATCHDECK_",
];

/** Begin like the others, load nothing, and are common in Azure's files. */
const harmlessNames: ReadonlySet<string> = new Set([
  "CUDA_VISIBLE_DEVICES",
  "PYTHONUNBUFFERED",
  "PYTHONHASHSEED",
  "PYTHONIOENCODING",
  "PYTHONUTF8",
  "PYTHONDONTWRITEBYTECODE",
]);

/** Windows takes no more than this for all variables of a process; a text of this length works on every system. */
const maxCharacters = 32_000;

/**
 * Why a deployment may not set this variable; null when it may. `reserved`: it decides which programs, libraries or drivers
 * are loaded.
 */
export function environmentVariableFault(name: string, value: string): "name" | "reserved" | "value" | null {
  const upper = name.toUpperCase();
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "name";
  const isReserved = reservedNames.has(upper) || reservedStarts.some((start) => upper.startsWith(start));
  if (isReserved && !harmlessNames.has(upper)) return "reserved";
  return value.includes("\0") ? "value" : null;
}

/** Names or values that are too long together for a process to be started with them. */
export function isTooMuchEnvironment(variables: Readonly<Record<string, string>>): boolean {
  const characters = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0);
  return characters > maxCharacters;
}
