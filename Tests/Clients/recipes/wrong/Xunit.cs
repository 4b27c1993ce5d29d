// As much of xUnit as the kit's tests use, and what runs them: the names of methods, or none for all of a class. xUnit cannot be had where
// the tests of this project run.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Xunit
{
    public sealed class FactAttribute : Attribute { }

    public interface IClassFixture<T> { }

    public static class Assert
    {
        public static void Equal<T>(T expected, T found) => True(Equals(expected, found), $"expected {expected}, found {found}");

        public static void Equal<T>(IEnumerable<T> expected, IEnumerable<T> found) =>
            True(expected.SequenceEqual(found), $"expected {string.Join(", ", expected)}, found {string.Join(", ", found)}");

        public static void Single<T>(IEnumerable<T> found) => True(found.Count() == 1, $"expected one, found {string.Join(", ", found)}");

        public static async Task ThrowsAsync<T>(Func<Task> work) where T : Exception
        {
            try { await work(); }
            catch (T) { return; }
            throw new Exception($"expected {typeof(T)}");
        }

        private static void True(bool holds, string otherwise)
        {
            if (!holds) throw new Exception(otherwise);
        }
    }

    public static class Runner
    {
        public static int Main(string[] asked)
        {
            var type = Assembly.GetExecutingAssembly().GetType(asked[0]);
            var failed = 0;
            foreach (var method in type.GetMethods().Where(each => each.GetCustomAttribute<FactAttribute>() != null))
            {
                if (asked.Length > 1 && !asked.Contains(method.Name)) continue;
                try
                {
                    var test = Activator.CreateInstance(type, Activator.CreateInstance(type.GetConstructors()[0].GetParameters()[0].ParameterType));
                    ((Task)method.Invoke(test, null)).GetAwaiter().GetResult();
                    Console.WriteLine($"passed {method.Name}");
                }
                catch (Exception why)
                {
                    failed++;
                    Console.WriteLine($"failed {method.Name}: {(why as TargetInvocationException)?.InnerException ?? why}");
                }
            }
            return failed == 0 ? 0 : 1;
        }
    }
}
