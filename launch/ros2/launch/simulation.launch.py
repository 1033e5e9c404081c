"""A simulated Ant, its controller and the guard, each in a process of its own.

    ros2 launch hebbridge simulation.launch.py morphology:=right_front
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare


def generate_launch_description():
    params_file = PathJoinSubstitution(
        [FindPackageShare('hebbridge'), 'parameters', 'ant-simulation.yaml'])
    return LaunchDescription([
        DeclareLaunchArgument('morphology', default_value='intact', description='Body of the Ant'),
        Node(
            package='hebbridge',
            executable='simulate',
            output='screen',
            arguments=['--morphology', LaunchConfiguration('morphology')],
        ),
        Node(
            package='hebbridge',
            executable='control',
            name='hebbridge',
            output='screen',
            emulate_tty=True,
            parameters=[params_file],
        ),
        Node(
            package='hebbridge',
            executable='guard',
            output='screen',
            emulate_tty=True,
            arguments=['--params-file', params_file],
        ),
    ])
