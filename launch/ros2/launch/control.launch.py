"""The controller of a robot and, in a process of its own, the guard that takes over if the controller dies.

    ros2 launch hebbridge control.launch.py params_file:=/path/to/my-robot.yaml
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node


def generate_launch_description():
    params_file = LaunchConfiguration('params_file')
    return LaunchDescription([
        DeclareLaunchArgument('params_file', description='Parameters of the node (docs/ros2.md)'),
        Node(
            package='hebbridge',
            executable='control',
            name='hebbridge',
            output='screen',
            emulate_tty=True,
            parameters=[params_file],
            # Time to say the safe command.
            sigterm_timeout='5',
        ),
        Node(
            package='hebbridge',
            executable='guard',
            output='screen',
            emulate_tty=True,
            arguments=['--params-file', params_file],
        ),
    ])
